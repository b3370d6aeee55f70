using System.Text;
using Berth.Pipelines.Entries;
using Berth.Pipelines.Yaml;

namespace Berth.Pipelines;

/// <summary>Reads the text of a <c>.gitlab-ci.yml</c>.</summary>
public static class PipelineFile
{
    /// <summary>
    /// Reads the whole file and says everything that is wrong with it. Never throws, whatever the text; a keyword that Berth
    /// does not understand is an error, never ignored.
    /// </summary>
    public static PipelineFileResult Parse(string text)
    {
        var errors = new ErrorList();
        PipelineDefinition? definition = null;
        try
        {
            definition = Read(text, errors);
        }
        catch (YamlRefusedException refused)
        {
            errors.Add(refused.At, refused.Message);
        }
        return errors.IsEmpty ? new PipelineFileResult(definition, []) : new PipelineFileResult(null, errors.InOrder());
    }

    private static PipelineDefinition? Read(string text, ErrorList errors)
    {
        if (Encoding.UTF8.GetByteCount(text) > PipelineLimits.MaxFileBytes)
            throw new YamlRefusedException(Position.Start, $"the file is larger than {PipelineLimits.MaxFileBytes / (1024 * 1024)} MiB");
        var value = YamlReader.Read(text.TrimStart('\uFEFF'), errors);
        switch (value)
        {
            case null or YamlScalar { Kind: YamlScalarKind.Null }:
                errors.Add(Position.Start, "Please provide content of .gitlab-ci.yml");
                return null;
            case YamlMap map:
                var root = References.Resolve(Extends.Resolve(map, RootEntry.Keywords, errors), errors);
                return RootEntry.Read(root, errors);
            default:
                errors.Add(value.At, "Invalid configuration format");
                return null;
        }
    }
}
