/** The bucket, in a process of its own. */
import { startS3 } from "../local/s3.ts";

const access = { accessKeyId: "bench", secretAccessKey: "secret of the bench" };
const s3 = await startS3({ bucket: "bench", region: "us-east-1", ...access });
process.send?.({ endpoint: s3.endpoint, bucket: s3.bucket, ...access });
