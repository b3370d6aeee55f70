namespace Berth.Server.Configuration;

/// <summary>A setting as it counts: its text (of a secret only that there is one), and where that came from.</summary>
internal sealed record SettingInForce(SettingDefinition Definition, string Text, string Origin, bool IsGiven);
