namespace Berth.Runner.Configuration;

/// <summary>What is logged at least, least important first.</summary>
internal enum LogLevel
{
    Debug,
    Info,
    Warn,
    Error,
}

/// <summary>How a line of the process's log looks.</summary>
internal enum LogFormat
{
    Text,
    Json,
}
