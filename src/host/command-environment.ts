/** What the launcher of the tarball and the .deb (packaging/launcher.c) puts before names of variables that Node.js reads. */
const SET_ASIDE = 'FAULTSCOPE_COMMAND_ENV_';

/** The environment of a command that we launch: ours, and what was set aside from us under its own name again. */
export function commandEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name.startsWith(SET_ASIDE) ? name.slice(SET_ASIDE.length) : name,
      value,
    ]),
  );
}
