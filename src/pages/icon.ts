/** The icon in the browser's tab. */
export const ICON: string =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#2f4fc4"/><path d="M8 11h16M16 11v13" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/><circle cx="24" cy="23" r="3" fill="#9fe3c0"/></svg>
`;
