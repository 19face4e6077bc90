/** Keys in the metadata of a graph node, as in upstream's commons/src/metadata.rs. All values are texts. */
export const nodeKeys = {
  scheme: 'org.fedoraproject.coreos.scheme',
  ageIndex: 'org.fedoraproject.coreos.releases.age_index',
  barrier: 'org.fedoraproject.coreos.updates.barrier',
  barrierReason: 'org.fedoraproject.coreos.updates.barrier_reason',
  deadend: 'org.fedoraproject.coreos.updates.deadend',
  deadendReason: 'org.fedoraproject.coreos.updates.deadend_reason',
  rollout: 'org.fedoraproject.coreos.updates.rollout',
  startEpoch: 'org.fedoraproject.coreos.updates.start_epoch',
  startValue: 'org.fedoraproject.coreos.updates.start_value',
  durationMinutes: 'org.fedoraproject.coreos.updates.duration_minutes',
} as const;
