import type { Question } from '../../../protocol/schemas/question.ts';
import type { Row } from './story.ts';

const wish = { message: 'Build a note-taking service' };
const build = ['research_agent#1', 'architect_agent#1', 'hitl_agent#1', 'codesmith_agent#1', 'research_agent#2'];
const completed = (result: object) => ({ status: 'completed' as const, result });

/** Sent back until it has documentation. */
function withDocs({ context }: Question): unknown {
  const { proposed_structure: structure } = context as { proposed_structure: Record<string, string[]> };
  return 'docs' in structure ? { decision: 'approve' } : { decision: 'revise', feedback: 'add documentation' };
}

export const row: Row = {
  blueprint: 'ki-autoagent',
  stories: [
    {
      title: 'a structure that a person approves',
      isSlow: true,
      messages: () => [
        { input: { ...wish, hitlTimeoutSeconds: 300 }, steps: build, ends: completed({ status: 'completed' }) },
      ],
      answer: () => ({ decision: 'approve' }),
    },
    {
      title: 'a structure that is sent back once',
      isLong: true,
      messages: () => {
        const steps = build.toSpliced(3, 0, 'architect_agent#2', 'hitl_agent#2');
        return [{ input: { ...wish, hitlTimeoutSeconds: 300 }, steps, ends: completed({ status: 'completed' }) }];
      },
      answer: withDocs,
    },
    {
      title: 'a structure that nobody approves in time',
      isLong: true,
      messages: () => [
        {
          input: { ...wish, hitlTimeoutSeconds: 1 },
          steps: build.slice(0, 3),
          ends: completed({ status: 'timed_out' }),
        },
      ],
      answer: () => null,
    },
    {
      title: 'a session: a question, and then a wish, in a workspace',
      isLong: true,
      messages: async (world) => {
        const workspacePath = await world.workspace();
        return [
          {
            input: { message: 'what is this project?', workspacePath },
            steps: ['research_agent#1'],
            ends: completed({ status: 'completed' }),
          },
          {
            input: { ...wish, autoApprove: true, workspacePath },
            steps: ['research_agent#2', 'architect_agent#1', 'codesmith_agent#1', 'research_agent#3'],
            ends: completed({ status: 'completed' }),
          },
        ];
      },
      differs: {
        'result.research.fileCount': 'what an earlier run has written lies in the workspace',
        'result.research.extensions': 'what an earlier run has written lies in the workspace',
      },
    },
  ],
};
