import type { Snapshot } from '../../model/snapshot.js';
import { safeText } from '../../text/safe.js';
import { targetName } from '../../text/target-name.js';
import { formatClock } from '../../text/units.js';
import type { ExportedSession, ExportPieces } from '../exported-session.js';
import { shortfallsOf } from '../shortfalls.js';
import { type SampledProfile, SharedFrames, type SpeedscopeFile } from './format.js';
import { fileProfiles, stackProfiles, threadProfiles } from './profiles.js';

/** Profiles for speedscope: what faults and waits cost, by stack where there are stacks, by thread and by file. */
export function* renderSpeedscope(session: ExportedSession): ExportPieces {
  const { snapshot } = session.end();
  const frames = new SharedFrames();
  const profiles = profilesOf(snapshot, frames);
  const file: SpeedscopeFile = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    name: nameOf(snapshot),
    exporter: `faultscope ${snapshot.tool.version}`,
    activeProfileIndex: 0,
    shared: { frames: frames.list },
    profiles,
  };
  yield JSON.stringify(file);
}

/** Without those in which nothing is; speedscope will not open a file that has none, so that one stays. */
function profilesOf(snapshot: Snapshot, frames: SharedFrames): SampledProfile[] {
  const { stacks, files } = snapshot;
  const all = [
    ...(stacks === null ? [] : stackProfiles(stacks, frames)),
    ...threadProfiles(snapshot, frames),
    ...(files === null ? [] : fileProfiles(files, frames)),
  ];
  const filled = all.filter(({ samples }) => samples.length > 0);
  return filled.length > 0 ? filled : all.slice(0, 1);
}

/** The format has room for words nowhere else. */
function nameOf(snapshot: Snapshot): string {
  const { target, window } = snapshot;
  const who = safeText(targetName(target));
  return [`${who} observed for ${formatClock(window.durationNs)}`, ...shortfallsOf(snapshot)].join('; ');
}
