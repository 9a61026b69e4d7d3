# Installs tracker: downloads the executable of a release, verifies its checksum, puts it in place.
#
#   irm https://github.com/spec-kitty/tracker/releases/latest/download/install.ps1 | iex
#
# TRACKER_VERSION      the release to install, such as v0.1.0 (the latest)
# TRACKER_INSTALL_DIR  where the executable goes (~\.tracker\bin)
# TRACKER_BASE_URL     where releases are downloaded from
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
