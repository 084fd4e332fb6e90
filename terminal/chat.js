/** `npm run chat`. In JavaScript, so that a Node which cannot run TypeScript can still say what is missing. */
if (process.features.typescript) {
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2));
  // Not even a request that hangs keeps a person who leaves.
  process.stdout.write("", () => process.exit());
} else {
  process.stderr.write(
    `This is Node ${process.version}, but the terminal runs on Node 24, which npm install puts into node_modules. ` +
      "Run: npm install && npm run chat\n",
  );
  process.exitCode = 1;
}
