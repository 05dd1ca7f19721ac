import type { GatewayStanding } from '../../../client/index.ts';
import { durationText } from '../../parts/duration.ts';
import { bytesText } from '../../parts/viewers/bytes-text.ts';
import { Facts } from './facts.tsx';
import { nameOf } from './samples.ts';

/** The one that answers first, then the others on its data folder. */
export function Gateways({ gateways }: { gateways: readonly GatewayStanding[] }) {
  return (
    <section aria-label="Gateways" className="min-w-0 rounded border border-line bg-surface p-3">
      <h2 className="mb-2 font-semibold">{gateways.length === 1 ? 'Gateway' : 'Gateways'}</h2>
      <ul className="space-y-3">
        {gateways.map((gateway) => (
          <li key={nameOf(gateway)}>
            <h3 className="break-all font-medium">{nameOf(gateway)}</h3>
            <Facts facts={factsOf(gateway)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function factsOf({ version, uptimeSeconds, sockets, subscriptions, runsHeld, logBytes, memoryBytes }: GatewayStanding) {
  const dialects = Object.entries(sockets.dialects).map(([dialect, count]) => `${dialect} ${count}`);
  const kinds = [`native ${sockets.native}`, `event streams ${sockets.streams}`, ...dialects].join(', ');
  return [
    ['Version', version],
    ['Up for', durationText(uptimeSeconds * 1_000)],
    ['Sockets', `${kinds}; at most ${sockets.max.toLocaleString()}`],
    ['Subscriptions', subscriptions.toLocaleString()],
    ['Runs followed', `${runsHeld.toLocaleString()}, ${bytesText(logBytes)} of logs`],
    ['Memory', bytesText(memoryBytes)],
  ] as const;
}
