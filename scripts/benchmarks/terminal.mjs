import { spawnSync } from 'node:child_process';

const SOCKET = `faultscope-bench-${process.pid}`;

function tmux(...args) {
  const { status, stdout, stderr } = spawnSync('tmux', ['-L', SOCKET, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr.trim()}`);
  return stdout;
}

/** A command on a terminal of 120 x 40, in a tmux server of our own. No shell: the pane's process is the command. */
export function runInTerminal(commandLine) {
  tmux('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '40', ...commandLine);
  return {
    pid: () => Number(tmux('list-panes', '-F', '#{pane_pid}').trim()),
    screen: () => tmux('capture-pane', '-p'),
    close: () => {
      tmux('send-keys', 'q');
      spawnSync('tmux', ['-L', SOCKET, 'kill-server']);
    },
  };
}
