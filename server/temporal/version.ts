/** The one version of the Temporal server that Baton runs and is measured with. */
export const serverVersion = '1.32.1';

export const goPackage = `go.temporal.io/server/cmd/server@v${serverVersion}`;

/** The oldest Go that builds this version. */
export const goVersion = '1.26.8';

export const binaryName = process.platform === 'win32' ? 'temporal-server.exe' : 'temporal-server';
