import { chartWindowNs } from '../resample.js';
import type { Scene } from '../scene.js';
import { span } from '../styled.js';
import type { DrawnTracks } from '../tracks.js';
import { figureLines, requestsState } from './requests.js';
import { symptomTracks } from './timeline.js';

/** The page: everything that moves, one under the other on one axis of time, and how requests fare in stalls. */
export function symptomsPage(scene: Scene, width: number, height: number): DrawnTracks {
  const { snapshot, glyphs } = scene;
  const { requests } = snapshot;
  const below =
    requests === null
      ? [[span(` requests: ${requestsState(scene)}`, 'label')]]
      : figureLines(snapshot, requests, glyphs);
  const { lines, plots } = symptomTracks(scene, chartWindowNs(snapshot.history, width), width, height - below.length);
  return { lines: [...lines, ...below], plots };
}
