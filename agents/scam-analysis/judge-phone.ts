/** What a phone number says of itself, offline. Pure. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Evidence } from './contract.ts';

const premiumPrefixes = ['+1900', '+1976', '+449', '+61190'];

export function judgePhone(number: string): Evidence[] {
  const evidence = (finding: string, weight: number): Evidence[] => [
    { tool: 'phone_validator', entity: number, finding, weight },
  ];
  return [
    ...(parsePhoneNumberFromString(number)?.isPossible() === true ? [] : evidence('impossible number', 15)),
    ...(premiumPrefixes.some((prefix) => number.startsWith(prefix)) ? evidence('premium-rate prefix', 20) : []),
  ];
}
