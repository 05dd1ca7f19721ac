/** Read by uWebSockets.js when it is loaded, so this module is imported before it. */
import { requestHeadBytes } from '../protocol/limits.ts';

process.env['UWS_HTTP_MAX_HEADERS_SIZE'] ??= String(requestHeadBytes);
