import { defineConfig } from "drizzle-kit";

/** For `drizzle-kit studio` and `export`; migrations are plain SQL, applied by `npm run db:migrate`. */
export default defineConfig({
  dialect: "postgresql",
  schema: "./src/db/schema*.ts",
  out: "./migrations",
  dbCredentials: { url: process.env.DATABASE_URL ?? "postgres://localhost/indifly" },
});
