/** Brands whose name others borrow, and the domains that are their own. */

export interface Brand {
  name: string;
  /** Registrable domains. */
  own: readonly string[];
  /** The name is also a word or a part of words: only a whole part of the host counts (`apple-id`, not `pineapple`). */
  isWord?: boolean;
}

export const brands: readonly Brand[] = [
  { name: 'adobe', own: ['adobe.com'] },
  { name: 'alibaba', own: ['alibaba.com'] },
  { name: 'aliexpress', own: ['aliexpress.com', 'aliexpress.us'] },
  {
    name: 'amazon',
    own: [
      'amazon.com',
      'amazon.ca',
      'amazon.cn',
      'amazon.co.jp',
      'amazon.co.uk',
      'amazon.com.au',
      'amazon.com.br',
      'amazon.com.mx',
      'amazon.de',
      'amazon.es',
      'amazon.fr',
      'amazon.in',
      'amazon.it',
      'amazon.nl',
      'amazon.pl',
      'amazon.se',
      'amazonaws.com',
      'amazonpay.com',
    ],
  },
  { name: 'americanexpress', own: ['americanexpress.com'] },
  { name: 'apple', own: ['apple.com', 'apple.co'], isWord: true },
  { name: 'bankofamerica', own: ['bankofamerica.com'] },
  { name: 'barclays', own: ['barclays.co.uk', 'barclays.com'] },
  { name: 'binance', own: ['binance.com', 'binance.us'] },
  { name: 'chase', own: ['chase.com'], isWord: true },
  { name: 'citibank', own: ['citibank.com'] },
  { name: 'coinbase', own: ['coinbase.com'] },
  { name: 'dhl', own: ['dhl.com', 'dhl.de'] },
  { name: 'docusign', own: ['docusign.com', 'docusign.net'] },
  { name: 'dropbox', own: ['dropbox.com', 'dropboxusercontent.com'] },
  { name: 'ebay', own: ['ebay.com', 'ebay.co.uk', 'ebay.de', 'ebay.com.au', 'ebay.ca', 'ebay.fr', 'ebay.it'] },
  { name: 'facebook', own: ['facebook.com', 'facebookmail.com'] },
  { name: 'fedex', own: ['fedex.com'] },
  {
    name: 'google',
    own: [
      'google.com',
      'google.co.uk',
      'google.de',
      'google.fr',
      'google.ca',
      'googleapis.com',
      'googleusercontent.com',
    ],
  },
  { name: 'hsbc', own: ['hsbc.com', 'hsbc.co.uk', 'hsbc.com.hk'] },
  { name: 'icloud', own: ['icloud.com'] },
  { name: 'instagram', own: ['instagram.com'] },
  { name: 'linkedin', own: ['linkedin.com'] },
  { name: 'metamask', own: ['metamask.io'] },
  { name: 'microsoft', own: ['microsoft.com', 'microsoftonline.com'] },
  { name: 'netflix', own: ['netflix.com'] },
  { name: 'office365', own: ['office365.com'] },
  { name: 'outlook', own: ['outlook.com', 'outlook.de', 'live.com'] },
  { name: 'paypal', own: ['paypal.com', 'paypal.me', 'paypalobjects.com'] },
  { name: 'revolut', own: ['revolut.com'] },
  { name: 'santander', own: ['santander.com', 'santander.co.uk', 'santanderbank.com'] },
  { name: 'spotify', own: ['spotify.com'] },
  { name: 'telegram', own: ['telegram.org'] },
  { name: 'tiktok', own: ['tiktok.com'] },
  { name: 'ups', own: ['ups.com'], isWord: true },
  { name: 'usps', own: ['usps.com', 'usps.gov'] },
  { name: 'venmo', own: ['venmo.com'] },
  { name: 'walmart', own: ['walmart.com'] },
  { name: 'wellsfargo', own: ['wellsfargo.com'] },
  { name: 'westernunion', own: ['westernunion.com'] },
  { name: 'whatsapp', own: ['whatsapp.com', 'whatsapp.net'] },
  { name: 'zelle', own: ['zellepay.com', 'zelle.com'], isWord: true },
];

/** Figures that stand for letters: 0→o, 1→l or i, 3→e, 5→s. */
const disguises: readonly Readonly<Record<string, string>>[] = [
  { '0': 'o', '1': 'l', '3': 'e', '5': 's' },
  { '0': 'o', '1': 'i', '3': 'e', '5': 's' },
];

/** The brand that a host pretends to be; null where it names none, or is the brand's own. */
export function imitatedBrand(host: string, registrable: string | null): Brand | null {
  const forms = [
    host,
    ...disguises.map((letters) => host.replaceAll(/[0135]/g, (figure) => letters[figure] ?? figure)),
  ];
  const found = brands.filter((brand) => forms.some((form) => names(form, brand)));
  if (found.some(({ own }) => registrable !== null && own.includes(registrable))) return null;
  return found[0] ?? null;
}

function names(form: string, { name, isWord }: Brand): boolean {
  return isWord === true ? form.split(/[.-]/).includes(name) : form.includes(name);
}
