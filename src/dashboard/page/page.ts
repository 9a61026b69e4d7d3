/** The page: landmarks, headings and live regions that the script fills. Holds no remote text. */
export const PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>tracker</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="style.css">
<script src="script.js" type="module"></script>
</head>
<body>
<a class="skip" href="#issues">Skip to the issues</a>
<header class="top">
  <div class="bar">
    <p class="brand"><img src="icon.svg" alt="" width="22" height="22"> tracker</p>
    <p class="live" id="live"><span class="pulse" aria-hidden="true"></span><span id="live-text">Loading</span></p>
  </div>
  <div class="lead">
    <div class="names">
      <h1 id="project">…</h1>
      <p class="binding" id="binding"></p>
    </div>
    <div class="actions" id="actions"></div>
  </div>
</header>
<main id="main" aria-busy="true">
  <div id="said" role="status" class="said"></div>
  <section id="notices" aria-label="Notices" hidden></section>
  <section aria-labelledby="overview-heading">
    <h2 id="overview-heading" class="unseen">Overview</h2>
    <dl class="tiles" id="tiles"></dl>
  </section>
  <section id="issues" aria-labelledby="issues-heading" tabindex="-1">
    <div class="heading">
      <h2 id="issues-heading">Issues</h2>
      <p class="count" id="issue-count" role="status"></p>
    </div>
    <div class="tools" role="search" aria-label="Issues">
      <div class="search">
        <label class="unseen" for="search">Search issues</label>
        <svg aria-hidden="true" viewBox="0 0 16 16" width="16" height="16"><circle cx="7" cy="7" r="4.6" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="m10.5 10.5 3.2 3.2" stroke="currentColor" stroke-width="1.5" stroke-linecap="round"/></svg>
        <input id="search" type="search" placeholder="Search title, text or key" maxlength="200" autocomplete="off" spellcheck="false" aria-keyshortcuts="/">
        <kbd aria-hidden="true">/</kbd>
      </div>
      <div class="filters" id="filters" role="group" aria-label="Filter by status"></div>
    </div>
    <div id="issue-list"></div>
  </section>
  <div class="columns">
    <section aria-labelledby="syncs-heading" class="panel">
      <h2 id="syncs-heading">Recent syncs</h2>
      <div id="syncs"></div>
    </section>
    <section aria-labelledby="conflicts-heading" class="panel">
      <h2 id="conflicts-heading">Conflicts</h2>
      <div id="conflicts"></div>
    </section>
    <section aria-labelledby="packages-heading" class="panel" id="packages-panel" hidden>
      <h2 id="packages-heading">Work packages</h2>
      <div id="packages"></div>
    </section>
    <section aria-labelledby="mappings-heading" class="panel">
      <h2 id="mappings-heading">Mappings</h2>
      <div id="mappings"></div>
    </section>
  </div>
  <noscript><p class="notice">This page needs its own script to show its state. Allow scripts for it.</p></noscript>
</main>
<footer class="foot">
  <p id="where"></p>
  <p>Looking at this page starts nothing and sends nothing.</p>
</footer>
<dialog id="issue" class="issue" aria-label="Issue"></dialog>
</body>
</html>
`;
