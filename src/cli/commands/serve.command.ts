import type { Command } from 'commander';
import type { Config } from '../../standalone/config/config.js';
import { flagValue } from '../input/flag-value.js';

/** Each flag sets a variable, which is then checked as if the environment had set it. */
const FLAGS: readonly { flags: string; variable: keyof Config; about: string }[] = [
  { flags: '--host <address>', variable: 'ADMIN_HOST', about: 'address to listen on' },
  { flags: '--port <number>', variable: 'ADMIN_PORT', about: 'port to listen on' },
];

const EXAMPLE = `
Example:
  oauth2-client-registry serve --port 8080`;

/** Adds the command `serve`, which runs the service until a signal ends it. */
export function addServe(program: Command): void {
  const command = program
    .command('serve')
    .description('Run the service until SIGTERM or SIGINT ends it.')
    .addHelpText('after', EXAMPLE);
  const options = FLAGS.map(({ flags, variable, about }) => {
    const option = command.createOption(flags, `${about}, instead of ${variable}`);
    command.addOption(option.argParser(flagValue));
    return { variable, name: option.attributeName() };
  });
  command.action(async (given: Record<string, string>) => {
    const flags = options.flatMap(({ variable, name }) => (name in given ? [[variable, given[name]]] : []));
    const { setVariables } = await import('../../standalone/config/environment.js');
    setVariables(Object.fromEntries(flags) as Partial<Record<keyof Config, string>>);
    const { startService } = await import('../../standalone/app.start.js');
    await startService();
  });
}
