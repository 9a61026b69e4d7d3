# Installs tracker: downloads the executable of a release, verifies its checksum, puts it in place.
#
#   irm https://github.com/spec-kitty/tracker/releases/latest/download/install.ps1 | iex
#
# TRACKER_VERSION      the release to install, such as v0.1.0 (the latest)
# TRACKER_INSTALL_DIR  where the executable goes (~\.tracker\bin)
# TRACKER_BASE_URL     where releases are downloaded from; https, or http on this machine
# TRACKER_ATTESTATION  "require" or "skip"; else, who built it is verified where `gh` is signed in
& {
  Set-StrictMode -Version Latest
  $ErrorActionPreference = 'Stop'
  $ProgressPreference = 'SilentlyContinue'

  function Get-Setting([string] $Name, [string] $Default) {
    $value = [Environment]::GetEnvironmentVariable($Name)
    if ([string]::IsNullOrEmpty($value)) { $Default } else { $value }
  }

  $version = Get-Setting 'TRACKER_VERSION' 'latest'
  $directory = Get-Setting 'TRACKER_INSTALL_DIR' (Join-Path $HOME '.tracker\bin')
  $base = Get-Setting 'TRACKER_BASE_URL' 'https://github.com/spec-kitty/tracker/releases'
  # What comes over http, anybody on the way could have changed, and its checksums along with it.
  if ($base -notmatch '^(https://|http://(127\.0\.0\.1|localhost)(:\d+)?(/|$))') {
    throw "TRACKER_BASE_URL must be an https URL, not ${base}: nothing was installed"
  }
  $attestation = Get-Setting 'TRACKER_ATTESTATION' 'auto'
  if ($attestation -notin 'auto', 'require', 'skip') {
    throw "TRACKER_ATTESTATION must be `"require`" or `"skip`", not `"$attestation`""
  }
  $repository = 'spec-kitty/tracker'
  $url = if ($version -eq 'latest') { "$base/latest/download" } else { "$base/download/$version" }
  # Windows on ARM runs it too.
  $name = 'tracker-x86_64-pc-windows-msvc.exe.gz'

  $scratch = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid().ToString())
  New-Item -ItemType Directory -Path $scratch | Out-Null
  try {
    $packed = Join-Path $scratch $name
    $sums = Join-Path $scratch 'SHA256SUMS'
    Write-Host "Downloading $url/$name"
    Invoke-WebRequest -UseBasicParsing -Uri "$url/SHA256SUMS" -OutFile $sums
    Invoke-WebRequest -UseBasicParsing -Uri "$url/$name" -OutFile $packed

    $wanted = Get-Content $sums |
      ForEach-Object { , ($_ -split '\s+\*?', 2) } |
      Where-Object { $_.Count -eq 2 -and $_[1] -eq $name } |
      ForEach-Object { $_[0] } |
      Select-Object -First 1
    if (-not $wanted) { throw "SHA256SUMS has no line for ${name}: nothing was installed" }
    $found = (Get-FileHash -Algorithm SHA256 -Path $packed).Hash
    if ($found -ne $wanted) {
      throw "The checksum of $name is $found, not ${wanted}: nothing was installed"
    }

    # Checksums lie beside the executable; the attestation says that the release workflow built it.
    if ($attestation -ne 'skip') {
      $missing = $null
      if (-not (Get-Command gh -ErrorAction SilentlyContinue)) {
        $missing = '`gh` of GitHub is not installed'
      }
      else {
        $ErrorActionPreference = 'Continue'
        & gh auth token *> $null
        if ($LASTEXITCODE -ne 0) { $missing = '`gh` is not signed in' }
        else {
          & gh attestation verify $packed --repo $repository *> $null
          if ($LASTEXITCODE -ne 0) {
            throw "The attestation of $name could not be verified: nothing was installed; TRACKER_ATTESTATION=skip installs without it"
          }
          Write-Host "Verified that $repository built $name"
        }
        $ErrorActionPreference = 'Stop'
      }
      if ($missing -and $attestation -eq 'require') {
        throw "The attestation of $name could not be verified, for ${missing}: nothing was installed"
      }
      if ($missing) {
        Write-Host "Not verified who built it, for $missing; to verify a download: gh attestation verify $name --repo $repository"
      }
    }

    $unpacked = Join-Path $scratch 'tracker.exe'
    $source = [IO.File]::OpenRead($packed)
    $target = [IO.File]::Create($unpacked)
    $gzip = New-Object IO.Compression.GZipStream($source, [IO.Compression.CompressionMode]::Decompress)
    try { $gzip.CopyTo($target) } finally { $gzip.Dispose(); $target.Dispose(); $source.Dispose() }

    New-Item -ItemType Directory -Force -Path $directory | Out-Null
    Move-Item -Force -Path $unpacked -Destination (Join-Path $directory 'tracker.exe')
    Write-Host "Installed $(Join-Path $directory 'tracker.exe')"
    if (($env:PATH -split [IO.Path]::PathSeparator) -notcontains $directory) {
      Write-Host "Add $directory to your PATH to run it as ``tracker``."
    }
  }
  finally {
    Remove-Item -Recurse -Force -Path $scratch
  }
}
