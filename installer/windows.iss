; Inno Setup's recipe for Windows. It was NOT run yet: the authors build on Linux.
;   python installer\build.py --out dist --check
;   iscc /DVersion=0.1.0 installer\windows.iss
; Torch for Windows from PyPI runs on the processor: about one gigabyte. A CUDA build is over the
; 4.2 GB that one setup.exe can hold, hence the disk spanning.
#ifndef Version
  #error Say which version: iscc /DVersion=...
#endif

[Setup]
AppName=LAFR Desktop
AppVersion={#Version}
AppId=lafr-desktop
DefaultDirName={autopf}\LAFR Desktop
DefaultGroupName=LAFR Desktop
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
LicenseFile=..\LICENSE
OutputDir=..\dist
OutputBaseFilename=lafr-desktop-{#Version}-setup
Compression=lzma2/fast
DiskSpanning=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
UninstallDisplayIcon={app}\lafr-desktop.exe

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"

[Files]
Source: "..\dist\lafr\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{group}\LAFR Desktop"; Filename: "{app}\lafr-desktop.exe"

[Run]
Filename: "{app}\lafr-desktop.exe"; Description: "{cm:LaunchProgram,LAFR Desktop}"; Flags: nowait postinstall skipifsilent
