import { type Agent, defineAgent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import { openModel } from '../../runtime/model/open-model.ts';
import { openEntityReports, type EntityReports } from '../../stores/entities/entity-reports.ts';
import { analyse } from './analyse.ts';
import { contract, type AnalysisInput, type AnalysisResult } from './contract.ts';
import { openWebReports } from './web-reports.ts';

/** The store of reported entities is opened by the first check. */
export function createScamAnalyst(config: Config): Agent<AnalysisInput, AnalysisResult> {
  const web = openWebReports(config);
  const model = openModel(config);
  let store: EntityReports | null = null;
  const reports = () => (store ??= openEntityReports(config.dataDir));
  return defineAgent({
    contract,
    run: async (ctx, input) => await analyse(ctx, input, { reports, web, model }),
    close: async () => {
      store?.close();
      store = null;
      return Promise.resolve();
    },
  });
}

export const agents = (config: Config): Agent[] => [createScamAnalyst(config)];
