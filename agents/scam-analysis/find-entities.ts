/** What a message names that can be checked. Pure: the same text gives the same entities, in order of appearance. */
import { scamEntitiesPerKind } from '../../protocol/limits.ts';
import type { Entities } from './contract.ts';
import { findBareNames, findMails, findWebAddresses, hostOf, mailHostOf } from './find-addresses.ts';
import { findPhones } from './find-phones.ts';
import { freeMailHosts } from './known-hosts.ts';
import { blankOut, type Found } from './text-spans.ts';

export function findEntities(text: string): Entities {
  const withScheme = findWebAddresses(text);
  const withoutUrls = blankOut(text, withScheme);
  const mails = findMails(withoutUrls);
  const withoutMails = blankOut(withoutUrls, mails);
  const bare = findBareNames(withoutMails);
  const urls = inOrder([...withScheme, ...bare]);
  const hosts = [
    ...urls.map(({ at, text: url }) => ({ at, text: hostOf(url) ?? '' })),
    ...mails
      .map(({ at, text: mail }) => ({ at, text: mailHostOf(mail) }))
      .filter(({ text: host }) => !freeMailHosts.has(host)),
  ].filter(({ text: host }) => host !== '');
  return {
    phones: distinct(findPhones(blankOut(withoutMails, bare))),
    urls: distinct(urls),
    domains: distinct(inOrder(hosts)),
    emails: distinct(mails.map(({ at, text: mail }) => ({ at, text: mail.toLowerCase() }))),
  };
}

export type EntityKind = 'phone' | 'domain' | 'email';
export interface CheckedEntity {
  kind: EntityKind;
  value: string;
}

/** A web address is checked through its domain, once. */
export function checkedEntities({ phones, domains, emails }: Entities): CheckedEntity[] {
  return [
    ...phones.map((value) => ({ kind: 'phone' as const, value })),
    ...domains.map((value) => ({ kind: 'domain' as const, value })),
    ...emails.map((value) => ({ kind: 'email' as const, value })),
  ];
}

function inOrder(found: readonly Found[]): Found[] {
  return found.toSorted((a, b) => a.at - b.at);
}

function distinct(found: readonly Found[]): string[] {
  return [...new Set(found.map(({ text }) => text))].slice(0, scamEntitiesPerKind);
}
