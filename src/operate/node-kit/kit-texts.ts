import autobuilderSh from '../../../node/kit/autobuilder.sh';
import commonSh from '../../../node/kit/common.sh';
import coxswainNodeSh from '../../../node/kit/coxswain-node.sh';
import deploymentsSh from '../../../node/kit/deployments.sh';
import documentsJq from '../../../node/kit/documents.jq';
import documentsSh from '../../../node/kit/documents.sh';
import graphJq from '../../../node/kit/graph.jq';
import graphSh from '../../../node/kit/graph.sh';
import guardSh from '../../../node/kit/guard.sh';
import healthSh from '../../../node/kit/health.sh';
import joinSh from '../../../node/kit/join.sh';
import migrateSh from '../../../node/kit/migrate.sh';
import registrySh from '../../../node/kit/registry.sh';
import ringSh from '../../../node/kit/ring.sh';
import guardDropIn from '../../../node/kit/units/50-coxswain-guard.conf';
import coxswainAutobuilderService from '../../../node/kit/units/coxswain-autobuilder.service';
import coxswainAutobuilderTimer from '../../../node/kit/units/coxswain-autobuilder.timer';
import coxswainGraphService from '../../../node/kit/units/coxswain-graph@.service';
import coxswainGraphSocket from '../../../node/kit/units/coxswain-graph.socket';
import coxswainGuardService from '../../../node/kit/units/coxswain-guard.service';
import coxswainGuardTimer from '../../../node/kit/units/coxswain-guard.timer';
import coxswainHealthService from '../../../node/kit/units/coxswain-health.service';
import coxswainJoinService from '../../../node/kit/units/coxswain-join.service';
import coxswainMigrateService from '../../../node/kit/units/coxswain-migrate.service';
import coxswainRingService from '../../../node/kit/units/coxswain-ring.service';
import warinessSh from '../../../node/kit/wariness.sh';
import type { NodePart } from '../../project/configuration/node-parts.ts';

/** The node kit's scripts by name, as nodes run them (node/kit/). */
export const scripts: Readonly<Record<string, string>> = {
  'autobuilder.sh': autobuilderSh,
  'common.sh': commonSh,
  'coxswain-node.sh': coxswainNodeSh,
  'deployments.sh': deploymentsSh,
  'documents.sh': documentsSh,
  'graph.sh': graphSh,
  'guard.sh': guardSh,
  'health.sh': healthSh,
  'join.sh': joinSh,
  'migrate.sh': migrateSh,
  'registry.sh': registrySh,
  'ring.sh': ringSh,
  'wariness.sh': warinessSh,
  'documents.jq': documentsJq,
  'graph.jq': graphJq,
};

/** The units of each part, and their texts. */
export const units: Readonly<Partial<Record<NodePart, Readonly<Record<string, string>>>>> = {
  ring: { 'coxswain-ring.service': coxswainRingService },
  'local-graph': {
    'coxswain-graph.socket': coxswainGraphSocket,
    'coxswain-graph@.service': coxswainGraphService,
  },
  join: { 'coxswain-join.service': coxswainJoinService },
  migrate: { 'coxswain-migrate.service': coxswainMigrateService },
  guard: { 'coxswain-guard.service': coxswainGuardService, 'coxswain-guard.timer': coxswainGuardTimer },
  autobuilder: {
    'coxswain-autobuilder.service': coxswainAutobuilderService,
    'coxswain-autobuilder.timer': coxswainAutobuilderTimer,
  },
  health: { 'coxswain-health.service': coxswainHealthService },
};

/** Drop-ins of the guard: services that follow a tag ask it first. */
export const guardedServices: readonly string[] = [
  'rpm-ostreed-automatic.service',
  'bootc-fetch-apply-updates.service',
];
export { guardDropIn };
