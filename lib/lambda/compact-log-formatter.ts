import { LogFormatter, LogItem } from "@aws-lambda-powertools/logger";
import type { LogAttributes, UnformattedAttributes } from "@aws-lambda-powertools/logger/types";

/** What CloudWatch does not know by itself: the log group names the function, and each line has its request's id. */
export class CompactLogFormatter extends LogFormatter {
  override formatAttributes(attributes: UnformattedAttributes, additional: LogAttributes): LogItem {
    const { logLevel, timestamp, message } = attributes;
    return new LogItem({
      attributes: { level: logLevel, timestamp: this.formatTimestamp(timestamp), message, ...additional },
    });
  }
}
