/** The bucket, as the setting and Amazon's own environment variables name it. */
import type { S3Place } from './s3-objects.ts';

const addressPattern = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]{0,500}))?$/;

export function isS3Address(address: string): boolean {
  return addressPattern.test(address);
}

/** Throws an error that names the variable which is missing or wrong. */
export function s3PlaceOf(
  address: string,
  { endpoint, environment }: { endpoint?: string; environment: Readonly<Record<string, string | undefined>> },
): S3Place {
  const [, bucket = '', prefix = ''] = addressPattern.exec(address) ?? [];
  const need = (name: string) => {
    const value = environment[name];
    if (value === undefined || value === '') throw new Error(`${name}: is needed with BATON_ARCHIVE_S3`);
    return value;
  };
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  return {
    bucket,
    prefix: prefix.replace(/^\/+|\/+$/g, ''),
    endpoint: endpoint ?? environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'] ?? null,
    region: environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    credentials: {
      accessKeyId: need('AWS_ACCESS_KEY_ID'),
      secretAccessKey: need('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken === undefined || sessionToken === '' ? {} : { sessionToken }),
    },
  };
}
