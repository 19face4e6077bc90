/** How `coxswain --help` groups the verbs: one list, in the order in which people meet them. A test keeps it complete. */
export const verbGroups: ReadonlyArray<{ readonly title: string; readonly verbs: readonly string[] }> = [
  { title: 'Set up', verbs: ['init', 'check', 'set-up-host', 'make-key', 'node-kit', 'demo'] },
  {
    title: 'The loop',
    verbs: [
      'watch-base',
      'build-image',
      'boot-test',
      'promote-image',
      'start-rollout',
      'publish-updates',
      'open-promotion',
    ],
  },
  {
    title: 'Operating a fleet',
    verbs: [
      'edit-updates',
      'bridge',
      'watch-fleet',
      'roll-back',
      'start-release',
      'import-release',
      'prune-images',
      'sign-image',
      'restore-state',
    ],
  },
  {
    title: 'Look',
    verbs: ['status', 'doctor', 'observe', 'explain', 'lint-updates', 'simulate-rollout', 'node-policy'],
  },
  {
    title: 'Plumbing',
    verbs: ['render-graph', 'serve-graph', 'plan-run', 'run-event', 'log-in', 'completion'],
  },
];
