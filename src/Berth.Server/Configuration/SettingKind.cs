namespace Berth.Server.Configuration;

/// <summary>What a setting's text is; chooses its type in the JSON schema and its placeholder in the help.</summary>
internal enum SettingKind
{
    Text,
    Choice,
    Path,
    Url,
    UrlList,
    NetworkList,
    Size,
    Duration,
    Number,
}
