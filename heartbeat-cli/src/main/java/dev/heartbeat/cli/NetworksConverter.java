package dev.heartbeat.cli;

import dev.heartbeat.Networks;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a list of networks. */
final class NetworksConverter implements ITypeConverter<Networks> {
    @Override
    public Networks convert(String text) {
        try {
            return Networks.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
