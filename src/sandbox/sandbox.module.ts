import { Module } from '@nestjs/common';
import { ClockController } from './clock.controller';
import { ClockService } from './clock.service';
import { ResetController } from './reset.controller';
import { ResetService } from './reset.service';

@Module({ controllers: [ClockController, ResetController], providers: [ClockService, ResetService] })
export class SandboxModule {}
