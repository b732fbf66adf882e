import dataSource from './data-source.js';

try {
  await dataSource.initialize();
  const done = await dataSource.runMigrations();
  console.log(
    done.length > 0
      ? `Done: ${done.map(({ name }) => name).join(', ')}.`
      : 'Nothing to do: the database is up to date.',
  );
} catch (error) {
  console.error(`The migrations did not run: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  if (dataSource.isInitialized) await dataSource.destroy();
}
