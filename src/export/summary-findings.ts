import type { Finding, Prediction, WhatIf } from '../diagnosis/finding.js';
import type { SummaryFinding, SummaryPrediction, SummaryWhatIf } from './summary-format.js';

export function findingOf({ id, severity, title, evidence, confidence, remedies }: Finding): SummaryFinding {
  return { id, severity, title, evidence: [...evidence], confidence, remedies: [...remedies] };
}

export function whatIfOf({ assumptions, capacities, enough, asPread }: WhatIf): SummaryWhatIf {
  return {
    assumptions: [...assumptions],
    capacities: capacities.map(predictionOf),
    enough,
    asPread:
      asPread === null
        ? null
        : { fullStallFraction: asPread.fullStallFraction, lostParallelism: asPread.lostParallelism },
  };
}

function predictionOf({ capacity, fullStallFraction, lostParallelism }: Prediction): SummaryPrediction {
  return {
    capacity,
    fullStallFraction: { low: fullStallFraction.low, high: fullStallFraction.high },
    lostParallelism: { low: lostParallelism.low, high: lostParallelism.high },
  };
}
