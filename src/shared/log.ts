/** Lines for people; the platform hands them to Homebridge's log. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type Log = (level: LogLevel, message: string) => void;
