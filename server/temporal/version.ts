/** The one version of the Temporal server that Baton runs and is measured with, and where it comes from. */
export const serverVersion = '1.32.1';

export const goPackage = `go.temporal.io/server/cmd/server@v${serverVersion}`;

/** The oldest Go that builds this version. */
export const goVersion = '1.26.8';

export const binaryName = process.platform === 'win32' ? 'temporal-server.exe' : 'temporal-server';

export const releaseUrl = `https://github.com/temporalio/temporal/releases/download/v${serverVersion}`;

/** In the release, beside the archives: `<sha256>  <name>` a line. */
export const checksumsName = 'checksums.txt';

export interface ReleaseArchive {
  name: string;
  /**
   * Hex. Null where it could not be learned when this version was chosen: the archive is then held against the
   * release's own list alone. docs/decisions/010-obtaining-the-temporal-server.md says how to fill it in.
   */
  sha256: string | null;
}

/** `${process.platform}-${process.arch}` → archive. */
export const releaseArchives: Readonly<Record<string, ReleaseArchive>> = {
  'linux-x64': { name: `temporal_${serverVersion}_linux_amd64.tar.gz`, sha256: null },
  'linux-arm64': { name: `temporal_${serverVersion}_linux_arm64.tar.gz`, sha256: null },
  'darwin-x64': { name: `temporal_${serverVersion}_darwin_amd64.tar.gz`, sha256: null },
  'darwin-arm64': { name: `temporal_${serverVersion}_darwin_arm64.tar.gz`, sha256: null },
  'win32-x64': { name: `temporal_${serverVersion}_windows_amd64.zip`, sha256: null },
};
