/** The one client of the page: everything that the console knows comes through it. */
import { BatonClient } from '../../client/index.ts';
import { settings } from './settings.ts';
import { currentToken } from './token.ts';

export const client = new BatonClient({
  url: new URL('/', window.location.href),
  name: 'console',
  ...(settings.authentication && { token: currentToken }),
});
