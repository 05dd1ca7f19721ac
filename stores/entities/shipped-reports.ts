/**
 * What the store knows before anybody has reported anything, and what the offline index of web reports knows. Names and
 * numbers that were kept free for such uses (RFC 2606, fiction's ranges of the numbering plans): nobody real is accused.
 */
import type { EntityKind } from './entity-kind.ts';

export interface ShippedReport {
  kind: EntityKind;
  entity: string;
  note: string;
}

export const shippedReports: readonly ShippedReport[] = [
  { kind: 'phone', entity: '+18885550173', note: 'caller says to be technical support of an operating system' },
  { kind: 'phone', entity: '+18005550196', note: 'recorded voice threatens with arrest for unpaid taxes' },
  { kind: 'phone', entity: '+447700900961', note: 'text message about a parcel and a small fee' },
  { kind: 'phone', entity: '+442079460993', note: 'caller asks to move money to a safe account' },
  { kind: 'phone', entity: '+61491570156', note: 'text message in the name of a toll road' },
  { kind: 'domain', entity: 'parcel-redelivery-fee.example', note: 'asks for card data to release a parcel' },
  { kind: 'domain', entity: 'account-unlock-center.example', note: 'copies the log-in page of a bank' },
  { kind: 'domain', entity: 'prize-claim-desk.example', note: 'asks for a processing fee before a prize is paid' },
  { kind: 'domain', entity: 'wallet-recovery.invalid', note: 'asks for the seed phrase of a wallet' },
  { kind: 'email', entity: 'claims@prize-claim-desk.example', note: 'announces a lottery that nobody entered' },
  { kind: 'email', entity: 'support@account-unlock-center.example', note: 'asks to verify an account by a link' },
];

export interface WebReport {
  entity: string;
  title: string;
}

/** By entity, as a search of the web would bring them. */
export const shippedWebReports: readonly WebReport[] = [
  { entity: '+18885550173', title: 'Who called me: 888-555-0173, false technical support' },
  { entity: '+18885550173', title: 'Complaints about 888-555-0173' },
  { entity: '+18005550196', title: 'Tax arrest calls from 800-555-0196' },
  { entity: '+447700900961', title: 'Parcel fee text messages, a list of numbers' },
  { entity: 'parcel-redelivery-fee.example', title: 'Warning: false parcel pages' },
  { entity: 'parcel-redelivery-fee.example', title: 'Phishing pages of this month' },
  { entity: 'wallet-recovery.invalid', title: 'Wallet recovery services that steal seeds' },
  { entity: 'claims@prize-claim-desk.example', title: 'Lottery mails: senders to block' },
];
