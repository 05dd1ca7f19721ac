/** Why one address gave no page. It never ends a crawl. */
export type FetchReason =
  | 'http_status'
  | 'timeout'
  | 'network'
  | 'too_large'
  | 'too_many_redirects'
  | 'bad_redirect'
  | 'bad_encoding'
  | 'unreadable'
  | 'target_forbidden'
  | 'off_site'
  | 'robots'
  | 'unsupported_type'
  | 'duplicate';

/** Not faults of a page: there was nothing to fail at. They count as processed and stand in no list of failures. */
const ignorable: ReadonlySet<FetchReason> = new Set(['unsupported_type', 'duplicate']);

export class FetchFault extends Error {
  override readonly name = 'FetchFault';
  readonly reason: FetchReason;
  /** HTTP status, where one came. */
  readonly httpStatus: number | undefined;

  constructor(reason: FetchReason, message: string, httpStatus?: number, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
    this.httpStatus = httpStatus;
  }

  get isIgnorable(): boolean {
    return ignorable.has(this.reason);
  }
}

export function offSite(target: string): FetchFault {
  return new FetchFault('off_site', `redirected to ${target}, which is another site`);
}
