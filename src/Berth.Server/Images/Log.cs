namespace Berth.Server.Images;

internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The sizes of images were not added up; they will be")]
    public static partial void UsageNotCounted(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The names of new images are not found by search yet; they will be")]
    public static partial void NamesNotIndexed(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The labels of older images are not found by search yet; they will be")]
    public static partial void LabelsNotIndexed(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored blobs were not counted; they will be")]
    public static partial void BlobsNotCounted(this ILogger logger, Exception failure);
}
