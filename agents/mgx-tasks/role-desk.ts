/**
 * What a role works with: the documents of those before it, the log, and a model where there is one. Without a model each
 * step takes its share of the role's pace, so that a person can follow it.
 */
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import type { AgentContext } from '../../protocol/agent.ts';
import { BatonError } from '../../protocol/errors.ts';
import { blobRefSchema } from '../../protocol/schemas/event.ts';
import type { Model } from '../../runtime/model/model.ts';
import { artifactSchema, type Artifact, type MgxInput, type RoleName } from './contract.ts';

/** What a model has written already, by name: another attempt does not ask for it again. */
const writtenSchema = z.record(z.string(), blobRefSchema).catch({});

export interface Question<T> {
  /** Unique within the role. */
  key: string;
  schema: z.ZodType<T>;
  system: string;
  prompt: string;
}

export class RoleDesk {
  readonly input: MgxInput;
  /** null: the team works without one. */
  readonly model: Model | null;
  readonly delivered: Artifact[] = [];
  private readonly ctx: AgentContext;
  private readonly paceMs: number;
  private readonly written: z.infer<typeof writtenSchema>;
  private steps = 1;
  private done = 0;

  constructor(ctx: AgentContext, input: MgxInput, { model, paceMs }: { model: Model | null; paceMs: number }) {
    this.ctx = ctx;
    this.input = input;
    this.model = input.testMode ? null : model;
    this.paceMs = this.model === null ? paceMs : 0;
    this.written = writtenSchema.parse(ctx.resumedFrom ?? {});
  }

  /** How often `tell` and `deliver` are yet to be called: for progress and pace. */
  expect(steps: number): void {
    this.steps = this.done + steps;
  }

  async tell(text: string, facts: Record<string, unknown> = {}): Promise<void> {
    await this.step(text, () => this.ctx.emit('mgx.message', { text, ...facts }));
  }

  async deliver(name: string, type: string, content: string): Promise<void> {
    const blob = await this.ctx.storeBlob(Buffer.from(content), type);
    this.delivered.push({ name, blob });
    const message = `${name} is ready`;
    await this.step(message, () =>
      this.ctx.emit('mgx.artifact', { name, message, content, media_type: type, stored: blob }),
    );
  }

  async deliverJson(name: string, value: unknown): Promise<void> {
    await this.deliver(name, 'application/json', `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Everything that a role has delivered. */
  artifactsOf(role: RoleName): Artifact[] {
    const parsed = z.array(artifactSchema).safeParse(this.ctx.context[role]);
    if (parsed.success) return parsed.data;
    throw new BatonError('invalid_input', `there is nothing of the ${role} to go on from`, { role });
  }

  async readJson<T>(role: RoleName, name: string, schema: z.ZodType<T>): Promise<T> {
    const artifact = this.artifactsOf(role).find((known) => known.name === name);
    if (!artifact) throw new BatonError('invalid_input', `the ${role} has delivered no ${name}`, { role, name });
    return schema.parse(JSON.parse(await this.readText(artifact)));
  }

  async readText({ blob }: Artifact): Promise<string> {
    return Buffer.from(await this.ctx.readBlob(blob)).toString('utf8');
  }

  /** What the model writes; `otherwise` where there is none. */
  async write<T>(question: Question<T>, otherwise: () => T): Promise<T> {
    if (this.model === null) return otherwise();
    const { key, schema, system, prompt } = question;
    const known = this.written[key];
    if (known) return schema.parse(JSON.parse(Buffer.from(await this.ctx.readBlob(known)).toString('utf8')));
    const { signal } = this.ctx;
    const { value } = await this.model.object({
      schema,
      system,
      prompt,
      signal,
      onText: (chunk) => this.ctx.text(chunk),
    });
    this.written[key] = await this.ctx.storeBlob(Buffer.from(JSON.stringify(value)), 'application/json');
    this.ctx.checkpoint(this.written);
    return value;
  }

  private async step(message: string, tell: () => Promise<void>): Promise<void> {
    this.ctx.signal.throwIfAborted();
    if (this.paceMs > 0) await setTimeout(this.paceMs / this.steps, undefined, { signal: this.ctx.signal });
    this.done++;
    this.ctx.progress(this.done / (this.steps + 1), message);
    await tell();
  }
}
