/** What a domain's name says of it, offline. Pure. */
import { domainToUnicode } from 'node:url';
import { parse } from 'tldts';
import { imitatedBrand } from './brands.ts';
import type { Evidence } from './contract.ts';
import { hostOf } from './find-addresses.ts';
import { shorteners } from './known-hosts.ts';

const cheapSuffixes = new Set(['xyz', 'top', 'click', 'icu', 'tk', 'ml', 'gq', 'cf', 'ga', 'buzz', 'rest', 'zip']);
const hyphensMany = 3;
const labelsMany = 5;

/** `urls`: those of the message, for how the domain is reached. */
export function judgeDomain(host: string, urls: readonly string[]): Evidence[] {
  const { domain: registrable, isIp } = parse(host);
  const labels = isIp === true ? [] : host.split('.');
  const brand = isIp === true ? null : imitatedBrand(host, registrable);
  // The hyphens of the encoding are not the name's own.
  const hyphens = domainToUnicode(host).split('-').length - 1;
  const isPlain = urls.some((url) => /^http:/i.test(url) && hostOf(url) === host);
  const findings: [boolean, string, number][] = [
    [isIp === true, 'an address of figures instead of a name', 25],
    [labels.some((label) => label.startsWith('xn--')), 'foreign letters that may look like others', 20],
    [cheapSuffixes.has(labels.at(-1) ?? ''), `top-level domain .${labels.at(-1) ?? ''}, often used for fraud`, 15],
    [brand !== null, `looks like ${brand?.name ?? ''} and is not its own`, 30],
    [hyphens >= hyphensMany || labels.length >= labelsMany, 'an unusually long chain of words or labels', 10],
    [registrable !== null && shorteners.has(registrable), 'a URL shortener hides where it leads', 10],
    [isPlain, 'plain http:', 5],
  ];
  return findings
    .filter(([isFound]) => isFound)
    .map(([, finding, weight]) => ({ tool: 'domain_reputation', entity: host, finding, weight }));
}
