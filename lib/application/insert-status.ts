/** Every status that an answer has. */
export type InsertStatus = 200 | 207 | 400 | 404 | 405 | 408 | 413 | 415 | 422 | 431 | 500 | 503 | 504;
