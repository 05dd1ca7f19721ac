/** What a log can be filtered by: the beginning of a type, or one type. As `eventTypes` of the protocol has them. */
export const eventTypeGroups: readonly { label: string; types: readonly string[] }[] = [
  {
    label: 'Run',
    types: [
      'run.started',
      'run.begun',
      'run.cancelling',
      'run.paused',
      'run.unpaused',
      'run.reset',
      'run.retried',
      'run.continued',
      'run.completed',
      'run.failed',
      'run.cancelled',
      'run.terminated',
      'run.timed_out',
    ],
  },
  { label: 'Supervisor', types: ['supervisor.decided', 'supervisor.decision_failed', 'supervisor.routed'] },
  {
    label: 'Agents',
    types: [
      'agent.started',
      'agent.progressed',
      'agent.emitted',
      'agent.attempt_failed',
      'agent.completed',
      'agent.failed',
    ],
  },
  { label: 'Steps', types: ['step.paused', 'step.unpaused', 'step.retried'] },
  {
    label: 'Questions',
    types: ['question.asked', 'question.answered', 'question.answer_refused', 'question.expired'],
  },
];
