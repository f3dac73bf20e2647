import type { FlowView, StageView } from '../../model/storage-view.js';
import type { RatioMeasure } from '../measure.js';

/** What the devices take for a read that a fault waits for, on average over all devices. */
export const STORAGE_MEASURES: readonly RatioMeasure[] = [
  stage('storageQueue', 'reads queued', ({ queue }) => queue),
  stage('storageService', 'reads served', ({ service }) => service),
];

function stage(id: string, name: string, of: (flow: FlowView) => StageView | null): RatioMeasure {
  return {
    kind: 'ratio',
    id,
    name,
    unit: 'duration',
    better: 'lower',
    needs: '--storage, and reads of a device with a queue',
    sums: ({ storage }) => {
      let [amount, per] = [0, 0];
      for (const flow of storage?.devices.flatMap(({ flows }) => flows) ?? []) {
        const view = flow.origin === 'fault' && !flow.write ? of(flow) : null;
        amount += view?.totalNs ?? 0;
        per += view?.latency.count ?? 0;
      }
      return per === 0 ? null : { amount, per };
    },
  };
}
