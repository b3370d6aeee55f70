namespace Berth.Runner.Configuration;

/// <summary>What is wrong with config.toml or the command line, in one line that names the place and the way out.</summary>
internal sealed class ConfigException(string message) : Exception(message);
