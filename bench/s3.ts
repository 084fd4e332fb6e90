/** The bucket, in a process of its own. */
import { startS3 } from "../local/s3.ts";

const { endpoint, bucket, accessKeyId, secretAccessKey } = await startS3({ bucket: "bench" });
process.send?.({ endpoint, bucket, accessKeyId, secretAccessKey });
