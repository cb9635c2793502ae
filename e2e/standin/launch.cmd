@echo off
node "%~dp0launch.cjs" %*
