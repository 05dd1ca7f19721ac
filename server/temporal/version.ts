/** Where the one version of the Temporal server that Baton runs comes from. */
import { serverVersion } from '../../runtime/server-version.ts';

export { serverVersion };

/** The oldest Go that builds this version. */
export const goVersion = '1.26.8';

const suffix = process.platform === 'win32' ? '.exe' : '';

/** A program of the release. */
export interface ServerProgram {
  /** As sentences have it. */
  title: string;
  /** Its file, in the archive as in the cache folder. */
  file: string;
  goPackage: string;
  /** Of the file, as Go installs it. */
  builtName: string;
}

export const temporalServer: ServerProgram = {
  title: 'Temporal server',
  file: `temporal-server${suffix}`,
  goPackage: `go.temporal.io/server/cmd/server@v${serverVersion}`,
  builtName: `server${suffix}`,
};

/** Makes the tables of SQL databases, and brings those of older versions up to this one. */
export const schemaTool: ServerProgram = {
  title: "Temporal server's schema tool",
  file: `temporal-sql-tool${suffix}`,
  goPackage: `go.temporal.io/server/cmd/tools/sql@v${serverVersion}`,
  builtName: `sql${suffix}`,
};

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
