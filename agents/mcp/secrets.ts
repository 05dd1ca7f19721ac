/** Values of a server's own environment never get into logs and messages, should it print them. */
const leastCharacters = 6;

export function withoutSecrets(text: string, environment: Readonly<Record<string, string>> | undefined): string {
  return Object.values(environment ?? {})
    .filter((value) => value.length >= leastCharacters)
    .reduce((cleaned, value) => cleaned.replaceAll(value, '[redacted]'), text);
}
