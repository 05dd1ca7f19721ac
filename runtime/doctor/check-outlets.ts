/** Where Baton writes to outside: the archive, and the operator's webhook. Nothing is sent. */
import { accessSync, constants, existsSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { doctorAnswerMs } from '../../protocol/limits.ts';
import type { Finding } from '../../protocol/schemas/findings.ts';
import type { Config } from '../config.ts';
import { fault, ok, said } from './check.ts';

type Outlets = Pick<Config, 'BATON_ARCHIVE_DIR' | 'BATON_WEBHOOK_URL'>;

/** Nothing is found where nothing is configured. */
export async function checkOutlets({ BATON_ARCHIVE_DIR: folder, BATON_WEBHOOK_URL: url }: Outlets): Promise<Finding[]> {
  return [
    ...(folder === undefined ? [] : [archive(folder)]),
    ...(url === undefined ? [] : [await webhook(new URL(url))]),
  ];
}

function archive(wanted: string): Finding {
  let folder = wanted;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok('archive', `${wanted} is writable`);
  } catch (error) {
    return fault(
      'archive',
      `${wanted} is not writable: ${said(error)}`,
      'give this account the folder, or change BATON_ARCHIVE_DIR',
    );
  }
}

/** The path may be a secret: it is not told. */
async function webhook({ protocol, hostname, port, origin }: URL): Promise<Finding> {
  const host = hostname.replace(/^\[|\]$/g, '');
  try {
    await reach(host, port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port));
    return ok('webhook', `${origin} is reached from here`);
  } catch (error) {
    return fault(
      'webhook',
      `${origin} is not reached from here: ${said(error)}`,
      'see BATON_WEBHOOK_URL, and whether workers may connect there',
    );
  }
}

async function reach(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve).once('error', reject);
      socket.setTimeout(doctorAnswerMs, () => reject(new Error(`no answer in ${doctorAnswerMs} ms`)));
    });
  } finally {
    socket.destroy();
  }
}
