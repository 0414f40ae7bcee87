#!/usr/bin/env bash
# Prints the eight images of the assignment as lines for image-archive.sh: sizes, dates relative to
# now, and names.
set -euo pipefail

image() {
    local bytes=$1 days=$2 name=${3-}
    echo "$bytes $(date --utc --date="$days days ago" +%FT%TZ) $name"
}

# The days are in the middle of the range that docker displays as in the assignment: "2 weeks" is 14
# to 20 days, "6 weeks" 42 to 48, "2 months" 60 to 89, and so on.
image 133000000 17 nginx:latest
image 22100000 45 nginx:alpine
image 322000000 75 mysql/mysql-server:5.7
image 540000000 95 datadog/agent:7
image 902000000 105 123456789000.dkr.ecr.us-east-1.amazonaws.com/webapp:20200609-1018
image 317000000 115 awscli:1
image 69200000 130 debian:buster-20200514-slim
image 661000000 140
