using System.Text;

namespace Berth.Server.Configuration;

/// <summary>The page of the documentation that lists the settings.</summary>
internal static class SettingsReference
{
    public static string ToMarkdown()
    {
        var page = new StringBuilder();
        page.Append(
            $$"""
            # Settings

            Each setting has one name. It is read from three places; a later one wins over an earlier one:

            1. `{{SettingsFile.DefaultName}}` in the working directory, or the file that `--config FILE` or `BERTH_CONFIG` names:
               `{ "Urls": "http://localhost:8080", "Database": { "ConnectionString_FILE": "/run/secrets/db" } }`.
               Comments are allowed. `berth.schema.json`, beside this page, is its JSON schema.
            2. Environment variables, `BERTH_<Name>`: `BERTH_ExternalUrl=https://registry.example.com`.
            3. The command line, `--<Name>=value` or `--<Name> value`, with each verb of `berth`.

            Names compare without regard to case; nested ones are joined by `__`. Relative paths start from the working directory.
            An empty value takes a setting back to its default. A secret (🔑) can be given by a file, as `<Name>_FILE`; a newline at
            the end of the file does not count.
            Sizes are bytes, or a number with `KiB`, `MiB`, `GiB` or `TiB` (powers of 1024).

            A bad value or an unknown name stops the start with one line that says which, where it was set and what is allowed
            (exit code {{BerthCommand.BadUsage}}). Variables that Kubernetes makes for a service named `berth` are passed over.

            | setting | default | meaning |
            |---|---|---|

            """);
        foreach (var definition in SettingDefinitions.All)
        {
            var isWord = definition.Default is not null;
            page.Append($"| `{definition.Name}`{(definition.IsSecret ? " 🔑" : "")} | {(isWord ? $"`{definition.Default}`" : definition.DefaultText)} | {definition.Description} |\n");
        }
        return page.ToString();
    }
}
