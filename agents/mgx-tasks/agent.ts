import { defineAgent, type Agent } from '../../protocol/agent.ts';
import type { Config } from '../../runtime/config.ts';
import type { Model } from '../../runtime/model/model.ts';
import { openModel } from '../../runtime/model/open-model.ts';
import { designFiles } from './design-files.ts';
import { roleContract, type Delivery, type MgxInput, type RoleName } from './contract.ts';
import { writeFiles } from './write-files.ts';
import { manageProduct } from './manage-product.ts';
import { planTasks } from './plan-tasks.ts';
import { checkFiles } from './check-files.ts';
import { RoleDesk } from './role-desk.ts';

const work: Readonly<Record<RoleName, (desk: RoleDesk) => Promise<Delivery>>> = {
  ProductManager: manageProduct,
  Architect: designFiles,
  ProjectManager: planTasks,
  Engineer: writeFiles,
  QaEngineer: checkFiles,
};

/** Without a model the team works by itself: the same prompt gives the same artifacts. */
export function createTeam(tools: { model: Model | null; paceMs: number }): Agent<MgxInput, Delivery>[] {
  return (Object.keys(work) as RoleName[]).map((role) =>
    defineAgent({
      contract: roleContract(role),
      run: async (ctx, input) => {
        const desk = new RoleDesk(ctx, input, tools);
        const delivery = await work[role](desk);
        return { done: delivery, update: { [role]: desk.delivered }, message: delivery.summary };
      },
    }),
  );
}

export const agents = (config: Config): Agent[] =>
  createTeam({ model: openModel(config), paceMs: config.MGX_TEST_PACE_MS });
