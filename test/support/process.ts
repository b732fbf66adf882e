import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A free port of the loopback address. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The built service in a process of its own. */
export interface ServiceProcess {
  url: string;
  child: ChildProcess;
  /** All that it has printed. */
  output: () => string;
  /** Sends a signal and waits for the end; tells the exit code. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/**
 * Starts `dist/main.js` and waits until it is ready.
 *
 * @param script another file with its arguments, for the port that it must listen on
 */
export async function startProcess(
  environment: Record<string, string>,
  script: (port: number) => string[] = () => ['dist/main.js'],
): Promise<ServiceProcess> {
  const port = await freePort();
  const child = spawn(process.execPath, script(port), {
    env: { PATH: process.env['PATH'], ADMIN_PORT: String(port), BCRYPT_COST: '4', ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return (await exited)[0];
  };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The service did not start: ${output}`);
    const ready = await fetch(`${url}/health/ready`).catch(() => undefined);
    if (ready?.ok) return { url, child, output: () => output, end };
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}
