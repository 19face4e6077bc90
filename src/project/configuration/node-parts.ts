/** The parts of the node kit; each can be left out. A new part is added here, and its units in operate/node-kit. */
export const nodeParts = [
  'ring',
  'local-graph',
  'join',
  'migrate',
  'trust',
  'reboots',
  'guard',
  'autobuilder',
  'health',
] as const;
export type NodePart = (typeof nodeParts)[number];
