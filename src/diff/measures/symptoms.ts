import type { Symptoms } from '../../model/snapshot.js';
import type { RatioMeasure, Unit } from '../measure.js';

/** What one sees from outside: it shows that a change had an effect, not whether it was for the better. */
export const SYMPTOM_MEASURES: readonly RatioMeasure[] = [
  symptom('userCpus', 'user CPUs', 'cpus', ({ process }) => process.userCpus),
  symptom('systemCpus', 'system CPUs', 'cpus', ({ process }) => process.systemCpus),
  symptom('hostIowait', 'host iowait', 'share', ({ host }) => host.iowait),
  symptom('memoryPressure', 'PSI memory, some', 'share', ({ memoryPressure }) => memoryPressure?.some ?? null),
  symptom('ioPressure', 'PSI io, some', 'share', ({ ioPressure }) => ioPressure?.some ?? null),
];

function symptom(id: string, name: string, unit: Unit, figure: (symptoms: Symptoms) => number | null): RatioMeasure {
  return {
    kind: 'ratio',
    id,
    name,
    unit,
    better: null,
    needs: 'two readings of /proc',
    sums: ({ symptoms }) => {
      const value = symptoms === null ? null : figure(symptoms);
      return symptoms === null || value === null
        ? null
        : { amount: value * symptoms.durationNs, per: symptoms.durationNs };
    },
  };
}
